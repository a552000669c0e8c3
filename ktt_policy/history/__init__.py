"""A rulebook over time: what differs between two days, whom it concerns, and whether the past was kept.

`moment` is a rulebook as of one day; `difference` compares two, `schemas` what they ask of documents; `notice` words
it; `impact` judges documents under both; `rewritten` finds changes to what was in force already; `timetable` lists
all by date.
"""

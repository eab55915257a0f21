"""The example: a year of one office, replayed through the real services on the days it happened.

Names of people are invented and plainly so. Findings are those that the directives describe: late files,
files returned wrongly, cases closed in the software before there is a result, nobody answerable.
"""

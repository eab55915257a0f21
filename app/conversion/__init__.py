"""The past comes in as it is: the office's own follow-up table in Excel, row by row, marked for good.

A person chooses sheet and heading row, says which column is what, looks at the rows that ask something, and
takes in the good ones now and the rest later. Nothing is guessed in silence: a date that can't be read for
sure goes in as missing, with the words that stood there.
"""

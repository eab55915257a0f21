"""Forms of fieldwork: one row of the sheet, the tables around it, visits and minutes."""

from app.fieldwork.forms.row import Difference, RowForm, Token
from app.fieldwork.forms.tables import ApplicationsForm, CleanForm, ManyForm, StrengthsForm
from app.fieldwork.forms.visits import (
    EndForm,
    JournalForm,
    MinutesForm,
    OpenForm,
    RefuseForm,
    SignForm,
    TeamReportForm,
)

__all__ = [
    "ApplicationsForm",
    "CleanForm",
    "Difference",
    "EndForm",
    "JournalForm",
    "ManyForm",
    "MinutesForm",
    "OpenForm",
    "RefuseForm",
    "RowForm",
    "SignForm",
    "StrengthsForm",
    "TeamReportForm",
    "Token",
]

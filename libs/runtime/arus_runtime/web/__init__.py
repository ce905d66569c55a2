"""HTTP as every service of the house speaks it."""

from arus_runtime.web.app import Ctx, context_of, create_app
from arus_runtime.web.lists import Page, Paging, Window
from arus_runtime.web.preconditions import IfMatch, IfMatchHeader, etag
from arus_runtime.web.problems import FieldProblem, Problem, ProblemOut, UnavailableError, wrong
from arus_runtime.web.routing import PREFIX, StrictRoute, router
from arus_runtime.web.spans import AskedSpan, Compared, Span, Spanned, span_of

__all__ = [
    "PREFIX",
    "AskedSpan",
    "Compared",
    "Ctx",
    "FieldProblem",
    "IfMatch",
    "IfMatchHeader",
    "Page",
    "Paging",
    "Problem",
    "ProblemOut",
    "Span",
    "Spanned",
    "StrictRoute",
    "UnavailableError",
    "Window",
    "context_of",
    "create_app",
    "etag",
    "router",
    "span_of",
    "wrong",
]

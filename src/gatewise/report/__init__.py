"""Pages made from results: `write_report(results, "report.html")` makes one offline file."""

from gatewise.report.page import render_report, write_report

__all__ = ["render_report", "write_report"]

"""The commands by name."""

import typer

from cli import authoring, grading_here, health, operating, serving, submitting

app = typer.Typer(
    name="chainrule",
    help="Autograding for deep-learning courses: confined student code, a judge that explains itself.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("grade")(grading_here.grade)
app.command("submit")(submitting.submit)
app.command("serve")(serving.serve)
app.command("worker")(serving.worker)
app.command("status")(operating.status)
app.command("health")(health.health)
app.command("migrate")(health.migrate)

assignment = typer.Typer(help="Write, rehearse and publish assignments.", no_args_is_help=True)
assignment.command("new")(authoring.new)
assignment.command("validate")(authoring.validate)
assignment.command("publish")(authoring.publish)
app.add_typer(assignment, name="assignment")

token = typer.Typer(help="Bearer tokens for the HTTP interface.", no_args_is_help=True)
token.command("create")(operating.create_token)
app.add_typer(token, name="token")

"""Traces: one thread from upload to gradebook, for operators who collect them.

Only OpenTelemetry's interface is used here: without a collector every step is a no-op. `begin` sets the exporter up
where the usual variable `OTEL_EXPORTER_OTLP_ENDPOINT` names one. What joins the steps is the run's row, not the
message: a message may be lost, and the sweep's knows nothing of the upload.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from grading.domain.errors import HouseFault

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_HEADER = "traceparent"
_WORDS = TraceContextTextMapPropagator()

_tracer = trace.get_tracer("chainrule")


def begin(part: str) -> None:
    """Send the spans of this process to the collector that the environment names, if it names one.

    Args:
        part: of the service: "api" or "worker".

    Raises:
        HouseFault: a collector is named, and the extra `traces` is not installed.
    """
    if not os.environ.get(ENDPOINT):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise HouseFault(f"{ENDPOINT} is set, but {error}; install chainrule[traces] or unset it") from error
    provider = TracerProvider(resource=Resource.create({"service.name": f"chainrule-{part}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


@contextmanager
def step(name: str, parent: str | None = None, **facts: str | float) -> Iterator[None]:
    """One step of the line. `parent` is a traceparent from a row; facts are ids and numbers, never code or tokens."""
    context = _WORDS.extract({_HEADER: parent}) if parent else None
    with _tracer.start_as_current_span(name, context=context, attributes=facts):
        yield


def traceparent() -> str | None:
    """The current step, to be kept with a row; None where traces are not kept."""
    carrier: dict[str, str] = {}
    _WORDS.inject(carrier)
    return carrier.get(_HEADER)

import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const exporter = new InMemorySpanExporter();
// Once a process: a tracer that modules hold stays with the first provider that was registered.
export const tracing = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
tracing.register();

/** Forgets what ended so far, and gives what ends from here on. */
export function spansFromHere() {
  exporter.reset();
  return () => exporter.getFinishedSpans();
}

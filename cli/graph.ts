import { Failure } from '../base/diagnostic.ts'
import type { StageGraph } from '../runner/explain/graph.ts'
import { graphAscii, graphDot, graphMermaid } from '../ui/graph-text.ts'
import { GRAPH_FORMATS, oneOf } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import type { Invocation } from './invocation.ts'
import { planRequest } from './plan-request.ts'
import { writeDiagnostics } from './write-diagnostics.ts'

type Format = (typeof GRAPH_FORMATS)[number]

/** `pipeline graph SPEC [SELECTOR...]`: the stages and what they need, on stdout. */
export async function run(invocation: Invocation): Promise<number> {
  const { io, options } = invocation
  const asked = options.text('format')
  if (io.json && asked !== undefined && asked !== 'json')
    throw new Failure('E005', `--json and --format ${asked} exclude each other`)
  const format = io.json ? 'json' : oneOf('--format', GRAPH_FORMATS, asked ?? 'ascii')
  const request = await planRequest(invocation, new AbortController().signal)
  const { graphPipeline } = await import('../runner/explain/graph-pipeline.ts')
  const shape = { expand: options.has('expand'), state: options.has('state') }
  const { made, diagnostics, sources, exit } = await graphPipeline(request, shape)
  writeDiagnostics(
    io.stderr,
    diagnostics.filter(({ severity }) => severity === 'error'),
    sources,
  )
  if (made !== undefined) io.stdout.write(`${drawing(made, format).join('\n')}\n`)
  return made === undefined ? exit : EXIT_OK
}

function drawing(graph: StageGraph, format: Format): string[] {
  switch (format) {
    case 'ascii':
      return graphAscii(graph)
    case 'mermaid':
      return graphMermaid(graph)
    case 'dot':
      return graphDot(graph)
    case 'json':
      return [JSON.stringify({ v: 1, kind: 'graph', ...graph })]
  }
}

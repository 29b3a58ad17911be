import type { RecipeStep } from '../../artifacts/items.ts'
import { RUN_SCRIPT } from './run-script.ts'

/** README.md of a bundle. */
export const readmeOf = ({
  enhance,
  runtime,
}: {
  readonly enhance: readonly RecipeStep[]
  /** Version of onnxruntime-node that the bundle was checked with. */
  readonly runtime: string
}): string => `# Inspection bundle

| file | what it is |
| --- | --- |
| model.onnx | the whole way from an RGB image of any size to \`score\` and \`map\`, one ONNX graph |
| manifest.json | input, outputs, steps before the graph, geometry of the map, decision rule, digests of all files |
| thresholds.json | limits and held-out scores: plain data, move the limits there |
| NOTICE | origin and licence of the weights inside model.onnx |

${enhanceText(enhance)}

## Run it

\`\`\`sh
ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@${runtime} sharp
node run-bundle.mjs . image.png
\`\`\`

It prints file, score and decision. This is run-bundle.mjs:

\`\`\`js
${RUN_SCRIPT}\`\`\`

## Decide

- NOK: score - image.nok > tolerance. CLOSE: score - image.close > tolerance. Else OK. A limit that is null is never exceeded.
- The tolerance lets the held-out image whose score is the limit stay on its side, whatever the last bit of a sum is elsewhere.
- p-value of an image: (1 + number of heldOutScores >= score - tolerance) / (1 + number of heldOutScores). Small means anomalous.
- A px is defective where the map, interpolated bilinearly between centres of cells, is above \`pixel\`. Where cells lie: \`map\` and
  \`working\` in manifest.json.

The stage that wrote this bundle ran model.onnx over every held-out and test image: the same decisions, scores within 0.0001
of their range.
`

function enhanceText(steps: readonly RecipeStep[]): string {
  if (steps.length === 0) return 'Images go into the graph as they are.'
  const lines = steps.map((step, i) => {
    const settings = Object.entries(step).filter(([name]) => name !== 'op' && name !== 'version')
    return `${i + 1}. ${step.op}: ${settings.map(([name, value]) => `${name} ${String(value)}`).join(', ')}`
  })
  return `Images must be enhanced before they go into the graph, at their original size, in this order (\`enhance\` in manifest.json):

${lines.join('\n')}

${ENHANCE_MEANING}`
}

const ENHANCE_MEANING = `clahe: OpenCV's CLAHE on the L of 8-bit Lab, \`clip\` as its clipLimit, \`tiles\` x \`tiles\`. gamma: floor(255 (i/255)^(1/g)).
unsharp: clip(I + amount (I - G)), G the image under a 5 x 5 Gaussian of sigma 1. The script below refuses to run without them.`

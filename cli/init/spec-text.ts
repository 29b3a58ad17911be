/** What a new spec is made for. */
export interface NewSpec {
  readonly name: string
  /** Folder of the images, from the project root. */
  readonly data: string
  readonly template: Template
  readonly masks: { readonly dir: string; readonly suffix: string } | undefined
  /** What base names hold, where that is known. */
  readonly fields?: string
  /** A base name from the folder, for the hint on `fields`. */
  readonly example?: string
}

export const TEMPLATES = ['pca', 'dfr'] as const
export type Template = (typeof TEMPLATES)[number]

const SUMMARIES: Readonly<Record<Template, string>> = {
  pca: 'Principal components of MobileNetV2 features: nothing to train, nothing to download',
  dfr: 'Deep Feature Reconstruction of MobileNetV2 features; nothing to download',
}

const TRAIN: Readonly<Record<Template, string>> = {
  pca: `  train:
    uses: train/pca # the error of a cell is what those components do not explain
    needs: [pca]
`,
  dfr: `  train:
    uses: train/dfr # an autoencoder of the cells; the error of a cell is what it cannot reconstruct
    needs: [sample, pca] # the components say how wide its code is
    with:
      epochs: 20 # times that it sees each cell
      lr: 3e-3 # Adam's learning rate
`,
}

/** A spec that explains each of its settings. */
export const specText = ({
  name,
  data,
  template,
  masks,
  fields,
  example,
}: NewSpec): string => `# What happens to the images of ${data}.
#   pipeline plan ${name}   every fault of spec and images, and what a run will cost
#   pipeline run ${name}    the same command again computes only what changed
#   pipeline report${' '.repeat(name.length)}  what it found, as a page
version: 1
name: ${name}
summary: ${JSON.stringify(SUMMARIES[template])}
seed: 7 # of everything that is drawn at random
params:
  data: ${JSON.stringify(data)} # relative to the project; another one: --set params.data=PATH
outputs: ${JSON.stringify(`outputs/${name}`)} # heat maps, overlays, masks, scores, the bundle

stages:
  acquire:
    uses: acquire/folder # train/ok, test/ok, test/nok or test/DEFECT
    with:
      dir: "\${params.data}"
${fields === undefined ? `      # What names${example === undefined ? '' : ` such as ${JSON.stringify(example)}`} say; {part} keeps the images of one part together:\n      # fields: "{part}_{view}"\n` : `      fields: ${JSON.stringify(fields)} # what names say; {part} keeps the images of one part together\n`}${masksText(masks)}
  split:
    uses: split/by-part
    needs: [acquire]
    with:
      held_out: 0.2 # share of the good training images that set the limits

  extract:
    uses: extract/mobilenet-v2 # its weights come with npm; others: pipeline stages, pipeline weights
    needs: [split]
    with:
      size: 256 # px that each image is resized to

  sample:
    uses: sample/cells
    needs: [extract]
    with:
      grid: 32 # cells along each side; smaller cells find smaller defects
      per_image: ${template === 'pca' ? 'all # from some thousand images on, a number such as 200 is as good and faster' : '200 # cells drawn from each training image'}

  pca:
    uses: pca/streaming
    needs: [sample]
    with:
      variance: ${template === 'pca' ? '0.90' : '0.97'} # share of the variance that counts as normal

${TRAIN[template]}
  score:
    uses: score/top-k
    needs: [extract, train]
    with:
      top_k: 20 # an image's score is the mean of its 20 largest cells

  evaluate:
    uses: evaluate/standard
    needs: [score]
    with:
      image_fpr: { close: 0.05, nok: 0.01 } # good images that may be called CLOSE and NOK
      pixel_fpr: 0.005 # px of good images that may be marked
      # fail_under: { image_auroc: 0.90 }   # exit code 3 below it

  export:
    uses: export/onnx # the model as one ONNX graph, for the line
    needs: [train, score, evaluate]
`

function masksText(masks: NewSpec['masks']): string {
  if (masks === undefined)
    return '      # masks: { dir: masks }   # where defects are drawn, white, each file named like its image\n'
  if (masks.dir === 'masks' && masks.suffix === '')
    return '      # masks: { invert: true }   # where defects are black\n'
  return `      masks: { dir: ${JSON.stringify(masks.dir)}, suffix: ${JSON.stringify(masks.suffix)} } # where defects are drawn, white\n`
}

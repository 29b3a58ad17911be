/** What travels along the edges of the graph. */
export type ArtifactKind =
  | 'images' // the table of items; pixels are recipes, rendered where they are needed
  | 'features' // per item: native-resolution maps of the tapped layers, float16
  | 'cells' // a seeded sample of aggregated feature cells of the training images
  | 'basis' // principal components of those cells
  | 'model' // whatever reconstructs or rates a cell
  | 'scores' // per item: the full error map and its reduced score
  | 'thresholds' // limits per image and per pixel, with their origin
  | 'verdict' // metrics, curves, decisions
  | 'bundle' // what runs on the line
  | 'pictures' // per item: PNG files, such as heat map, overlay and mask
  | 'files' // named files, whatever a command wrote

/** All kinds, in the order of the pipeline. */
export const ARTIFACT_KINDS: readonly ArtifactKind[] = [
  'images',
  'features',
  'cells',
  'basis',
  'model',
  'scores',
  'thresholds',
  'verdict',
  'bundle',
  'pictures',
  'files',
]

const PER_ITEM: ReadonlySet<ArtifactKind> = new Set(['images', 'features', 'scores', 'pictures'])

/** Whether an artifact of this kind is a set of values, one per item, each cached by itself. */
export const isPerItem = (kind: ArtifactKind): boolean => PER_ITEM.has(kind)

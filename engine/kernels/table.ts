import { convolutionKernels } from './convolution.ts'
import { elementwiseKernels } from './elementwise.ts'
import type { KernelTable } from './kernel.ts'
import { poolingKernels } from './pooling.ts'
import { productKernels } from './product.ts'
import { reductionKernels } from './reduction.ts'
import { resizeKernels } from './resize.ts'
import { shapeKernels } from './shape.ts'

/** Every tfjs kernel that can be recorded, by its tfjs name. */
export const kernels: KernelTable = {
  ...elementwiseKernels,
  ...shapeKernels,
  ...reductionKernels,
  ...productKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...resizeKernels,
}

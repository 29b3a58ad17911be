import type { ImageTrainingSettings } from './autoencoder.ts'

/** Whether a training looks at held-out images. */
export const watchesHeldOut = ({
  held_out_loss,
  patience,
  keep,
}: Pick<ImageTrainingSettings, 'held_out_loss' | 'patience' | 'keep'>): boolean =>
  held_out_loss || patience > 0 || keep === 'best'

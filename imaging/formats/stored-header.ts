export type ImageFormat = 'png' | 'jpeg' | 'tiff' | 'webp' | 'bmp'

/** What the first bytes of a file say about its image, as it lies in the file. */
export interface StoredHeader {
  readonly format: ImageFormat
  readonly width: number
  readonly height: number
  /** Samples a px: 1 grey, 2 grey + alpha, 3 RGB or palette, 4 RGB + alpha or CMYK. */
  readonly channels: number
  /** Bits a sample; 8 for a palette. */
  readonly depth: number
  /** EXIF orientation, 1 to 8. */
  readonly orientation: number | undefined
  /** `other`: signed or floating point. */
  readonly sampleFormat: 'unsigned' | 'other'
}

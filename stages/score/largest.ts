/** How many largest cells, or px, are averaged where the spec says auto: as in the thesis. */
export const CELLS_BY_DEFAULT = 20
export const PX_BY_DEFAULT = 1500

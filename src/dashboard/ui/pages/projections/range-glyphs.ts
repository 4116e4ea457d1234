/** A shape for each state, on a grid of 8 by 8, so that a map can be read without colours. */
export const GLYPHS: { readonly [state: string]: string } = {
  stalled: 'M2 2l4 4M6 2 2 6',
  unowned: 'M4 2a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  waiting: 'M2 2h4L2 6h4Z',
  parked: 'M4 1.5 6.5 4 4 6.500 1.500 4Z',
  paused: 'M3 2v4M5 2v4',
  working: 'M3 2l2.500 2L3 6',
  idle: 'M3 4h2',
}

import type { VNode } from 'preact'
import { html } from '../html.ts'
import { sparkPath, thin } from './spark-path.ts'

const WIDTH = 120
const HEIGHT = 28

/** The course of a number in the last minutes, small. What it shows is said in words, too. */
export function Sparkline(props: {
  readonly title: string
  readonly values: readonly (number | null)[]
  readonly format: (value: number | null) => string
}): VNode {
  const known = props.values.filter((value) => value !== null)
  const words =
    known.length === 0
      ? `${props.title}: no values yet`
      : `${props.title}: between ${props.format(Math.min(...known))} and ${props.format(Math.max(...known))} in the last 10 minutes`
  return html`<svg class="sparkline" viewBox=${`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img" aria-label=${words}>
    <path d=${sparkPath(thin(props.values, WIDTH), WIDTH, HEIGHT)} />
  </svg>`
}

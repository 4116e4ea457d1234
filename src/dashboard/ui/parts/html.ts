import htm from 'htm'
import { h, type VNode } from 'preact'

/** JSX without a compiler: elements are created one by one, so no text becomes markup. */
export const html = htm.bind(h) as (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode

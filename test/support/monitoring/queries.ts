/** What an expression of PromQL names. */
export type Named = {
  readonly metrics: readonly string[]
  /** The labels that a metric's selectors name. */
  readonly selected: readonly { readonly metric: string; readonly labels: readonly string[] }[]
  /** The labels that it is grouped by. */
  readonly grouped: readonly string[]
}

const listed = (text: string): string[] => text.split(',').flatMap((one) => one.trim() || [])

/** Finds the names in an expression that groups by `by` and `on` only. */
export function namesIn(expression: string): Named {
  const selectors = [...expression.matchAll(/([a-zA-Z_][\w:]*)\{([^}]*)\}/g)]
  const selected = selectors.map(([, metric = '', inside = '']) => ({
    metric,
    labels: [...inside.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label),
  }))
  const grouped = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, labels = '']) => listed(labels))
  const rest = expression
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '')
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|on) \([^)]*\)/g, '')
  const words = [...rest.matchAll(/[a-zA-Z_][\w:]*(?!\w|\s*\()/g)].map(([word]) => word)
  return { metrics: words.filter((word) => !OPERATORS.has(word) && !/^\d*[smhd]$/.test(word)), selected, grouped }
}

const OPERATORS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'sum', 'max', 'count', 'min', 'avg'])

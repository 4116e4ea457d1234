/** A metric in Prometheus' text format. */
export type Printed = {
  readonly type: string
  /** All names of labels of its series. */
  readonly labels: readonly string[]
}

/** The metrics of a text that Prometheus reads, by the names of their series. */
export function printedMetrics(text: string): ReadonlyMap<string, Printed> {
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]))
  const printed = new Map<string, { type: string; labels: string[] }>()
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [, name = '', labels = ''] = /^([a-zA-Z_][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? []
    if (name === '') throw new Error(`Not a series: ${line}`)
    const type = types.get(name) ?? types.get(name.replace(/_(bucket|sum|count)$/, '')) ?? 'unknown'
    const known = printed.get(name) ?? { type, labels: [] }
    const names = [...labels.matchAll(/([a-zA-Z_]\w*)="(?:[^"\\]|\\.)*"/g)].map(([, label = '']) => label)
    printed.set(name, { type, labels: [...new Set([...known.labels, ...names])] })
  }
  return printed
}

/** Whether a stored value is a time as `Date.toISOString` writes it, so that its order as text is its order in time. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value

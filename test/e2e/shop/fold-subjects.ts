/** An event as it is sent, in order for each user. */
export type SentEvent = {
  readonly id: string
  readonly type: string
  readonly user_id: string
  readonly timestamp: number
  readonly [member: string]: unknown
}

/** What the rules must have made of a user's events. */
export type FoldedSubject = {
  readonly properties: Readonly<Record<string, unknown>>
  readonly log: readonly { readonly id: string; readonly type: string }[]
  /** Of each order: the user and the order. */
  readonly orders: readonly string[]
}

const EMPTY: FoldedSubject = { properties: {}, log: [], orders: [] }

/** Folds events without any of the code that is tested. */
export function foldSubjects(events: readonly SentEvent[]): ReadonlyMap<string, FoldedSubject> {
  const subjects = new Map<string, FoldedSubject>()
  for (const event of events) {
    const { id, type, user_id: user, timestamp, product, order } = event
    const change = {
      user_login: { last_login: new Date(timestamp * 1_000).toISOString() },
      product_added: { last_product_added: product },
      order_placed: { last_order: order },
    }[type]
    if (change === undefined) continue
    const { properties, log, orders } = subjects.get(`user:${user}`) ?? EMPTY
    subjects.set(`user:${user}`, {
      properties: { ...properties, ...change },
      log: [...log, { id, type }],
      orders: type === 'order_placed' ? [...orders, `${user} ${order}`] : orders,
    })
  }
  return subjects
}

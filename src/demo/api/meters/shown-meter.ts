import type { MeterOverview } from '../../../../projections/meter-overview.ts'

/** A meter as readers see it: with the address that it has, whether a customer lives there or not. */
export const shownMeter = ({ address, ...view }: MeterOverview): Omit<MeterOverview, 'address'> => ({
  ...view,
  ...address,
})

// node view.ts <order> [<items>]: the view of an order, once it counts so many items.
import { setTimeout as sleep } from 'node:timers/promises'
import { openEmbedded } from 'tidemark/embedded'
import orderTotals from './projections/order-totals.ts'

const [id = '', items] = process.argv.slice(2)
const storage = await openEmbedded('./data')
for (;;) {
  const view = await storage.views.get(orderTotals, id)
  if (items === undefined || view?.items === Number(items)) {
    console.log(JSON.stringify(view))
    break
  }
  await sleep(50)
}
await storage.close()

import type { VNode } from 'preact'
import { topic } from '../../live/topics.ts'
import { formatBytes, formatCount, formatDuration, formatRate, formatShare } from '../../parts/format.ts'
import { html } from '../../parts/html.ts'
import { Meter } from '../../parts/meter.ts'
import { SeriesTile, Tile } from '../../parts/tile.ts'

const formatCores = (value: number | null) => (value === null ? 'unknown' : `${value.toFixed(2)} cores`)

/** The numbers that are looked at first. */
export function Numbers(): VNode {
  return html`<section class="tiles" aria-label="Numbers">
    <${SeriesTile} title="Appends" series="appended" format=${formatRate} />
    <${SeriesTile} title="Append, p99" series="append.p99" format=${formatDuration} />
    <${SeriesTile} title="Folds" series="folded" format=${formatRate} />
    <${SeriesTile} title="Oldest waiting event" series="oldest" format=${formatDuration} />
    <${SeriesTile} title="Waiting events" series="behind" format=${formatCount} />
    <${SeriesTile} title="API, p99" series="request.p99" format=${formatDuration} />
    <${SeriesTile} title="Storage ping" series="ping" format=${formatDuration} />
    <${SeriesTile} title="CPU" series="cpu" format=${formatCores} />
    <${SeriesTile} title="Memory" series="memory" format=${formatBytes} />
    <${SeriesTile} title="Event loop, p99" series="eventLoop" format=${formatDuration} />
    <${StorageTiles} />
  </section>`
}

function StorageTiles(): VNode {
  const row = topic('storage').row('storage').value
  const disk = row?.disk ?? null
  const used = disk === null ? null : 1 - disk.free / disk.total
  const wal = row?.files.reduce((sum, { walBytes }) => sum + walBytes, 0) ?? null
  return html`<${Tile} title="Disk used" value=${formatShare(used)} note=${disk !== null && `${formatBytes(disk.free)} free`}>
      <${Meter} share=${used} />
    <//>
    <${Tile} title="Write-ahead log" value=${row !== undefined && row.files.length > 0 ? formatBytes(wal) : 'unknown'}
      note=${row !== undefined && `${formatBytes(row.bytes)} stored`} />`
}

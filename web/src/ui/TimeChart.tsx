/**
 * Lines, points and bands over time. uPlot draws; nothing else in the console knows it, so it can be replaced
 * here. Every chart has a caption that says the finding and a twin table with the same numbers.
 */
import { Trans } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { ChartLine, Table2 } from 'lucide-react'
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { compact, date, month, quantity, shortDate } from '@/lib/format'
import { usePrinting } from '@/lib/media'
import { Button } from './Button'
import { ScrollBox } from './ScrollBox'

type Ink = 'brand' | 'info' | 'text' | 'muted' | 'normal' | 'waspada' | 'anomali'

export interface Series {
  label: string
  values: readonly (number | null)[]
  ink: Ink
  look: 'line' | 'dashed' | 'dotted' | 'points' | 'bars'
  /** Fill down to the series with this index, in its colour: the band that begins there. */
  bandTo?: number
  /** A line stops where there is no value, instead of passing over it. */
  broken?: boolean
}

interface TimeChartProps {
  /** The finding, in one sentence. */
  caption: ReactNode
  /** Business dates, ascending. */
  days: readonly string[]
  /** What each point is called, where its date does not say it: weeks, months. */
  names?: readonly string[]
  series: readonly Series[]
  unit: string
  height?: number
}

const DAY_S = 86_400
const TICK_PX = 76
/** What the numbers beside it and its right edge take of a chart's width. */
const BESIDE_PX = 46
const EDGE_PX = 24
/** What a card on A4 has between its edges. */
const PAPER_PX = 640
const DASH: Partial<Record<Series['look'], number[]>> = { dashed: [7, 5], dotted: [2, 4] }

export default function TimeChart({ caption, days, names, series, unit, height = 220 }: TimeChartProps) {
  const nameOf = (at: number) => names?.[at] ?? date(days[at] ?? '')
  const [asTable, setAsTable] = useState(false)
  const captionId = useId()
  return (
    <figure aria-labelledby={captionId} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-1">
        <figcaption id={captionId} className="max-w-prose text-sm text-muted">
          {caption}
        </figcaption>
        <Button
          look="quiet"
          className="-my-1 text-muted"
          aria-pressed={asTable}
          icon={
            asTable ? <ChartLine aria-hidden className="size-4" /> : <Table2 aria-hidden className="size-4" />
          }
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <Trans>Lihat grafik</Trans> : <Trans>Lihat tabel</Trans>}
        </Button>
      </div>
      {asTable ? (
        <Twin days={days} nameOf={nameOf} series={series} unit={unit} />
      ) : (
        <>
          <Plot
            days={days}
            nameOf={nameOf}
            named={names !== undefined}
            series={series}
            unit={unit}
            height={height}
          />
          {series.length > 1 && <Legend series={series} />}
        </>
      )}
    </figure>
  )
}

interface Drawn extends Omit<TimeChartProps, 'caption' | 'names' | 'height'> {
  nameOf: (at: number) => string
}

function Plot({ days, nameOf, named, series, unit, height }: Drawn & { named: boolean; height: number }) {
  const box = useRef<HTMLDivElement>(null)
  const [readout, setReadout] = useState<number | null>(null)
  const printing = usePrinting()
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const widthNow = () => (printing ? PAPER_PX : element.clientWidth)
    const draw = () => {
      const ink = inks(element)
      const bars = series.some(one => one.look === 'bars')
      const moments = days.map(day => Date.parse(day) / 1000)
      const label = named && days.every(day => day.endsWith('-01')) ? month : shortDate
      const plot = new uPlot(
        {
          width: widthNow(),
          height,
          tzDate: seconds => new Date((seconds + new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000),
          legend: { show: false },
          padding: [8, EDGE_PX, 0, 0],
          cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
          scales: {
            x: { range: (_, first, last) => spread(first, last, bars || named ? apart(days) * 0.6 : 0) },
            y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.08 : 1] },
          },
          hooks: { setCursor: [self => setReadout(self.cursor.idx ?? null)] },
          axes: [
            {
              stroke: ink.label,
              font: '12px system-ui',
              grid: { show: false },
              ticks: { stroke: ink.line, width: 1, size: 4 },
              values: (_, ticks) =>
                ticks.map(tick => label(new Date(tick * 1000).toISOString().slice(0, 10))),
              // Weeks and months are marked where they are, counted from the newest.
              ...(named && {
                splits: ({ width }) => {
                  const step = Math.ceil((days.length * TICK_PX) / (width - BESIDE_PX - EDGE_PX))
                  return moments.filter((__, at) => (days.length - 1 - at) % step === 0)
                },
              }),
              space: TICK_PX,
              size: 32,
              incrs: [1, 2, 3, 7, 14, 30, 61, 91, 182, 365].map(day => day * DAY_S),
            },
            {
              stroke: ink.label,
              font: '12px system-ui',
              grid: { stroke: ink.line, width: 1 },
              ticks: { show: false },
              size: BESIDE_PX,
              values: (_, ticks) => ticks.map(compact),
            },
          ],
          series: [{}, ...series.map(one => seriesOf(one, ink))],
          bands: series.flatMap((one, index) =>
            one.bandTo === undefined
              ? []
              : [
                  {
                    series: [index + 1, one.bandTo + 1] as [number, number],
                    fill: `${ink[series[one.bandTo]?.ink ?? one.ink]}29`,
                  },
                ],
          ),
        },
        [moments, ...series.map(one => [...one.values])] as uPlot.AlignedData,
        element,
      )
      return plot
    }
    let plot = draw()
    const resized = new ResizeObserver(() => {
      if (Math.abs(plot.width - widthNow()) > 1) plot.setSize({ width: widthNow(), height })
    })
    resized.observe(element)
    const recoloured = new MutationObserver(() => {
      plot.destroy()
      plot = draw()
    })
    recoloured.observe(document.documentElement, { attributeFilter: ['data-theme', 'lang'] })
    return () => {
      resized.disconnect()
      recoloured.disconnect()
      plot.destroy()
    }
  }, [days, named, series, height, printing])
  const day = readout === null ? undefined : days[readout]
  return (
    <div className="relative">
      <p aria-hidden className="text-xs text-muted">
        {unit}
      </p>
      {/* The picture is for eyes; the table beside it says the same to everybody. */}
      <div ref={box} aria-hidden className="w-full overflow-hidden print:!h-auto" style={{ height }} />
      {day !== undefined && readout !== null && (
        <div className="pointer-events-none absolute top-1 right-2 rounded border border-line bg-raised/95 px-2 py-1 text-xs shadow-pop">
          <p className="font-medium">{nameOf(readout)}</p>
          {series.map(one => {
            const value = one.values[readout]
            return value === null || value === undefined ? null : (
              <p key={one.label} className="flex justify-between gap-3 tabular">
                <span className="text-muted">{one.label}</span>
                <span>{quantity(value, unit)}</span>
              </p>
            )
          })}
        </div>
      )}
    </div>
  )
}

/** Seconds from one point to the next, about: months differ. */
function apart(days: readonly string[]): number {
  const [first, last] = [days[0] ?? '', days.at(-1) ?? ''].map(day => Date.parse(day) / 1000)
  return days.length > 1 ? ((last ?? 0) - (first ?? 0)) / (days.length - 1) : DAY_S
}

/** Bars of the first and last day need room; a single day needs some anyway. */
function spread(first: number, last: number, room: number): [number, number] {
  return first === last ? [first - DAY_S, last + DAY_S] : [first - room, last + room]
}

function seriesOf(one: Series, ink: Inks): uPlot.Series {
  const stroke = ink[one.ink]
  if (one.look === 'points') {
    return { stroke, paths: () => null, points: { show: true, size: 11, width: 2, stroke, fill: stroke } }
  }
  if (one.look === 'bars') {
    const bars = uPlot.paths.bars?.({ size: [0.7, 28] })
    return { stroke, fill: stroke, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
  }
  const dash = DASH[one.look]
  return {
    stroke,
    width: one.look === 'line' ? 2 : 1.5,
    spanGaps: !one.broken,
    // Between two gaps there is no line to see.
    points: { show: one.broken ?? false, size: 5, fill: stroke },
    ...(dash && { dash }),
  }
}

type Inks = Record<Ink | 'label' | 'line', string>

function inks(element: Element): Inks {
  const style = getComputedStyle(element)
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    brand: read('brand'),
    muted: read('edge'),
    normal: read('normal'),
    waspada: read('waspada'),
    anomali: read('anomali'),
    label: read('muted'),
    info: read('info'),
    text: read('text'),
    line: read('line'),
  }
}

const STROKE: Record<Ink, string> = {
  brand: 'stroke-brand',
  info: 'stroke-info',
  text: 'stroke-text',
  muted: 'stroke-edge',
  normal: 'stroke-normal',
  waspada: 'stroke-waspada',
  anomali: 'stroke-anomali',
}

const FILL: Record<Ink, string> = {
  brand: 'fill-brand',
  info: 'fill-info',
  text: 'fill-text',
  muted: 'fill-edge',
  normal: 'fill-normal',
  waspada: 'fill-waspada',
  anomali: 'fill-anomali',
}

function Legend({ series }: { series: readonly Series[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {series.map(one => (
        <li key={one.label} className="flex items-center gap-1.5">
          <svg aria-hidden width="20" height="10" className={clsx(STROKE[one.ink])}>
            {one.look === 'points' ? (
              <circle cx="10" cy="5" r="3.5" className={FILL[one.ink]} />
            ) : (
              <line
                x1="1"
                x2="19"
                y1="5"
                y2="5"
                strokeWidth={one.look === 'bars' ? 8 : 2}
                strokeDasharray={DASH[one.look]?.join(' ')}
              />
            )}
          </svg>
          {one.label}
        </li>
      ))}
    </ul>
  )
}

function Twin({ days, nameOf, series, unit }: Drawn) {
  return (
    <ScrollBox className="max-h-72">
      <table className="w-full text-sm">
        <thead className="sticky top-0 bg-raised text-xs text-muted">
          <tr>
            <th scope="col" className="px-3 py-1.5 text-left font-medium">
              <Trans>Tanggal</Trans>
            </th>
            {series.map(one => (
              <th key={one.label} scope="col" className="px-3 py-1.5 text-right font-medium">
                {one.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day, index) => (
            <tr key={day} className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                {nameOf(index)}
              </th>
              {series.map(one => {
                const value = one.values[index]
                return (
                  <td key={one.label} className="px-3 py-1.5 text-right whitespace-nowrap tabular">
                    {value === null || value === undefined ? '–' : quantity(value, unit)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}

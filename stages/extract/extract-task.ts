import { encodeFeatures, type FeaturesHeader, type TapShape } from '../../artifacts/features.ts'
import { Failure } from '../../base/diagnostic.ts'
import { openSession } from '../../engine/session.ts'
import { fitInto } from '../../imaging/resize.ts'
import { type Backbone, type BackboneName, loadBackbone, traceBackbone } from '../../models/backbone.ts'
import type { EachTask, Inputs, TaskContext, TaskItem } from '../stage.ts'
import type { ExtractSettings } from './settings.ts'

/** Opens the network once and runs image after image through it. */
export async function openExtraction(
  network: string,
  inputs: Inputs,
  { settings, weights, threads, log }: TaskContext<ExtractSettings>,
): Promise<EachTask> {
  const images = inputs.items('images')
  const file = await weights()
  const { size, fit, normalize } = settings
  const backbone = loadBackbone(network as BackboneName, file.bytes, {
    padding: settings.padding === 'auto' ? undefined : settings.padding,
    family: settings.family,
  })
  const filter = settings.filter === 'auto' ? backbone.preprocess.filter : settings.filter
  const taps = tapShapes(backbone, settings)
  const names = taps.map(({ name }) => name)
  const opening = performance.now()
  const graph = traceBackbone(backbone, { height: size, width: size, batch: 1, taps: names, normalize })
  const session = await openSession(graph.model, { threads })
  log(
    `${network} opened in ${((performance.now() - opening) / 1000).toFixed(1)} s, ${names.length} taps, ${threads} threads`,
  )
  const spent = { render: 0, network: 0, images: 0 }
  const header: FeaturesHeader = {
    network,
    family: backbone.family,
    weights: file.digest,
    size,
    fit,
    filter,
    normalize,
    padding: backbone.padding,
    taps,
  }
  return {
    header,
    async each(item: TaskItem) {
      const started = performance.now()
      const input = fitInto(await images.render(item), size, size, fit, filter)
      const rendered = performance.now()
      const maps = await session.run({ image: input.data })
      spent.render += rendered - started
      spent.network += performance.now() - rendered
      spent.images++
      return encodeFeatures(
        taps,
        names.map((name) => maps[name] as Uint16Array),
      )
    },
    async close() {
      const each = (ms: number): string => (ms / Math.max(1, spent.images)).toFixed(1)
      log(`per image: decode, enhance, augment and resize ${each(spent.render)} ms, network ${each(spent.network)} ms`)
      await session.dispose()
    },
  }
}

function tapShapes({ taps, defaultTaps, name }: Backbone, { taps: wanted, size }: ExtractSettings): TapShape[] {
  return (wanted === 'auto' ? defaultTaps : wanted).map((tapName) => {
    const tap = taps.find((each) => each.name === tapName)
    if (tap === undefined) {
      throw new Failure('E106', `${name} has no tap "${tapName}"`, {
        help: [`taps: ${taps.map((each) => each.name).join(', ')}`],
      })
    }
    const side = Math.ceil(size / tap.stride)
    return { name: tap.name, channels: tap.channels, height: side, width: side }
  })
}

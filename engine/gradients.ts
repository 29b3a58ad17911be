import { register } from 'node:module'

/**
 * Registers the gradients of tfjs-core, which its bundle for Node leaves out. They are there as ES modules that name
 * each other without endings, as bundlers take them: these two hooks let Node read those files, and no others.
 * The modules share engine and registries with the bundle through tfjs' global object.
 */
const HOOKS = `
const DIST = '/@tensorflow/tfjs-core/dist/'
export async function resolve(specifier, context, next) {
  if (!context.parentURL?.includes(DIST) || !specifier.startsWith('.') || specifier.endsWith('.js')) return next(specifier, context)
  try {
    return await next(specifier + '.js', context)
  } catch {
    return next(specifier + '/index.js', context)
  }
}
export function load(url, context, next) {
  return next(url, url.includes(DIST) && !url.endsWith('.node.js') ? { ...context, format: 'module' } : context)
}`

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`)
await import('@tensorflow/tfjs-core/dist/register_all_gradients.js')

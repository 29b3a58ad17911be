/**
 * Registers the gradients of tfjs-core, which its own bundle for Node leaves out: tfjs-layers carries them, and the import
 * is all that is used of it. Only training needs this file.
 */
import '@tensorflow/tfjs-layers'

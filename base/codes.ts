/** A diagnostic's code: `E` and a number for errors, `W` for warnings; the first digit is its family, which decides the exit code. */
export interface CodeRow {
  readonly code: string
  readonly meaning: string
}

/** Every code there is: the source of docs/reference.md. `acquire.on_bad: skip` tells E210, E212 and E217 as warnings. */
export const CODES: readonly CodeRow[] = [
  { code: 'E001', meaning: 'unknown command, option or argument, or a value it does not take' },
  { code: 'E002', meaning: 'no such spec' },
  { code: 'E003', meaning: 'a selector that cannot be read, or fits no stage' },
  { code: 'E004', meaning: 'no such path in --set' },
  { code: 'E005', meaning: 'options exclude each other' },
  { code: 'E006', meaning: 'unknown or ambiguous run' },
  { code: 'E008', meaning: 'an address that fits several stages' },
  { code: 'E020', meaning: 'an input of --only is not in the cache' },
  { code: 'E021', meaning: 'a stage that cannot be accepted' },

  { code: 'E101', meaning: 'not YAML, or not text' },
  { code: 'E102', meaning: 'something is said twice' },
  { code: 'E103', meaning: 'a key is missing' },
  { code: 'E104', meaning: 'unknown key, or a field that file names do not have' },
  { code: 'E105', meaning: 'wrong type' },
  { code: 'E106', meaning: 'out of range, or a setting that does not fit the others or the data' },
  { code: 'E107', meaning: 'another version of the spec format' },
  { code: 'E108', meaning: 'extends in a circle' },
  { code: 'E112', meaning: 'unknown stage kind' },
  { code: 'E120', meaning: 'stages need each other in a cycle' },
  { code: 'E121', meaning: 'a stage lacks an input' },
  { code: 'E122', meaning: 'unknown stage in needs' },
  { code: 'E123', meaning: 'a stage in needs gives another kind of artifact' },
  { code: 'E124', meaning: 'two stages fit one input' },
  { code: 'E130', meaning: 'unknown matrix axis' },
  { code: 'E131', meaning: 'no variant is left, or an exclude that matches none' },
  { code: 'E132', meaning: 'unknown parameter, or a reference that cannot be read' },

  { code: 'E210', meaning: 'no image where one is needed, or a file name that does not fit' },
  { code: 'E211', meaning: 'mask without image' },
  { code: 'E212', meaning: 'unreadable image, or one that changed during the run' },
  { code: 'E213', meaning: 'mask and image differ in size' },
  { code: 'E214', meaning: 'equal content in training and test' },
  { code: 'E215', meaning: 'image without mask where others of its set have masks' },
  { code: 'E216', meaning: 'two images of one id, or two masks of one image' },
  { code: 'E217', meaning: 'image of size zero, or too large' },
  { code: 'E218', meaning: 'symlink leads out of the folder, or in a circle' },
  { code: 'W220', meaning: 'too few held-out images for the asked false-reject rate' },
  { code: 'W221', meaning: 'a part stands in training and test' },
  { code: 'W222', meaning: 'no part is known, split by image' },
  { code: 'W223', meaning: 'nothing to set limits by: scores without verdicts' },
  { code: 'W224', meaning: 'a mask has grey levels, or marks more than half of its image' },
  { code: 'W225', meaning: 'no test image, so nothing is scored' },
  { code: 'W226', meaning: 'equal content within one split' },
  { code: 'W227', meaning: 'defective images among the training images are not trained on' },
  { code: 'W228', meaning: 'an enhance stage without a step' },
  { code: 'W229', meaning: 'files and folders that are not read' },

  { code: 'E301', meaning: 'weights are missing' },
  { code: 'E302', meaning: 'a checkpoint has another SHA-256 than expected' },
  { code: 'E303', meaning: 'a checkpoint of another network' },
  { code: 'E304', meaning: 'a checkpoint that is cut short or cannot be read' },
  { code: 'E305', meaning: 'several registered files fit' },

  { code: 'E401', meaning: 'the engine is not available' },
  { code: 'E402', meaning: 'another process holds a lock' },
  { code: 'E403', meaning: 'cannot read or write' },
  { code: 'E406', meaning: 'the cache lies on a network file system' },

  { code: 'E501', meaning: 'the disk is full' },
  { code: 'W502', meaning: 'a damaged cache entry was set aside and is computed again' },
  { code: 'W503', meaning: 'the same key gave other bytes; the earlier ones stay' },
  { code: 'W504', meaning: 'the cache is above its limit, and what is left is pinned or in use' },
  { code: 'E505', meaning: 'the cache bound or the disk is too small for the run' },

  { code: 'E601', meaning: 'a command failed or cannot start; or an exception inside a stage: a bug' },
  { code: 'E602', meaning: 'the task host was killed, perhaps for lack of memory' },
  { code: 'E603', meaning: 'a stage went over its time limit' },
  { code: 'E604', meaning: 'an output or input of a stage breaks its contract' },
  { code: 'E605', meaning: 'the task host was lost, or damage could not be repaired' },
  { code: 'E612', meaning: 'the loss is not finite' },

  { code: 'E901', meaning: 'internal error: a bug; says where the trace lies' },
]

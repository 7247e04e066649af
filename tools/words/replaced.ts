// Table of constants: words that were replaced, and what to write.

/** Complete identifiers that must not come back. */
export const identifiers: Readonly<Record<string, string>> = {
  Notices: 'LogOnce',
  notices: 'logOnce',
  speakTo: 'useLogger',
  hearOutcome: 'observeCall',
  followCall: 'observeCall',
  followGenerator: 'observeGenerator',
  GeneratorListener: 'GeneratorObserver',
  tapMethod: 'wrapMethod',
  peekMethod: 'safeGetMethod',
  collectParts: 'problems of a snapshot',
  settleInTime: 'waitWithinPass',
  TideEvent: 'PluginEvent',
  BirthLog: 'CreationLog',
  births: 'creations',
  RecordShelf: 'RecordCache',
  SkipTeller: 'SkipCounts',
  Owner: 'PluginInstance',
  createOwner: 'createPluginInstance',
  beganMs: 'startedMs',
  begunMs: 'startedMs',
}

/** Words that must not be a part of an identifier or of a file's name: `isTold`, `known-faults.ts`. */
export const identifierWords: Readonly<Record<string, string>> = {
  tell: 'log, report, set or say',
  tells: 'logs, reports, sets or says',
  told: 'logged, reported or set',
  teller: 'a noun for what it does, such as reporter',
  hear: 'observe',
  heard: 'observed',
  peek: 'safeGet',
  settle: 'flushPromises, wait or end',
  patience: 'timeout or wait',
  fault: 'problem (of a source) or issue (of input)',
  faults: 'problems (of a source) or issues (of input)',
  tally: 'counts',
  book: 'Counts, Names or what it holds',
}

/** Beginnings of constants. */
export const prefixes: Readonly<Record<string, string>> = {
  MOST_: 'MAX_',
  LARGEST_: 'MAX_',
  LONGEST_: 'MAX_',
  HIGHEST_: 'MAX_',
  LEAST_: 'MIN_',
  SMALLEST_: 'MIN_',
  LOWEST_: 'MIN_',
}

/** Phrases that must not be in any text. */
export const phrases: Readonly<Record<string, string>> = {
  'is no function': 'is not a function',
  'is no object': 'is not an object',
}

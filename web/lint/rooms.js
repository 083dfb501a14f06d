import { dirname, relative, resolve, sep } from 'node:path';

/**
 * @typedef {{ type: string, value?: unknown }} Source where something is imported from
 * @typedef {{ filename: string, report: (problem: { node: Source, message: string }) => void }} Context
 * @typedef {[above: readonly string[], sentence: string]} Below what stands above a room, which it therefore does not know
 */

const SOURCES = resolve(import.meta.dirname, '../src');

/** @type {Partial<Record<string, Below>>} */
const ROOMS = {
  features: [['app'], 'The app puts features together, not the other way.'],
  components: [['app', 'features'], 'Components know no feature, and nothing of the app.'],
  lib: [['app', 'features', 'components'], 'lib is plain logic: it knows no component, no feature, and nothing of the app.'],
};

const FOREIGN_FEATURE = 'A feature imports no other feature; what both need belongs in components or lib.';

/**
 * Why a file of src/ may not import another, by their paths; undefined when it may.
 * @param {string} importer
 * @param {string} imported
 */
function refusal(importer, imported) {
  const [room = '', feature] = placeOf(importer);
  const [otherRoom = '', otherFeature] = placeOf(imported);
  const [above, sentence] = ROOMS[room] ?? [[], ''];
  if (above.includes(otherRoom)) return sentence;
  return room === 'features' && otherRoom === 'features' && feature !== otherFeature ? FOREIGN_FEATURE : undefined;
}

/** @param {string} path */
function placeOf(path) {
  return relative(SOURCES, path).split(sep);
}

/** The rooms of src: app puts features together; features know no other feature; components and lib know neither. */
const noRestrictedPaths = {
  /** @param {Context} context */
  create(context) {
    /** @param {{ source: Source | null }} importing */
    const look = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const message = refusal(context.filename, resolve(dirname(context.filename), source.value));
      if (message !== undefined) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: look,
      ImportExpression: look,
      TSImportType: look,
      ExportNamedDeclaration: look,
      ExportAllDeclaration: look,
    };
  },
};

export default { meta: { name: 'rooms' }, rules: { 'no-restricted-paths': noRestrictedPaths } };

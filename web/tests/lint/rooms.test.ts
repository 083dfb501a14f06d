import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const WEB = resolve(import.meta.dirname, '../..');
const OTHER_FEATURE = 'A feature imports no other feature; what both need belongs in components or lib.';
const APP = 'The app puts features together, not the other way.';
const COMPONENTS = 'Components know no feature, and nothing of the app.';
const LIB = 'lib is plain logic: it knows no component, no feature, and nothing of the app.';

/** Each starts programs, which takes a busy machine a while; the limit is for what waits for ever. */
const PATIENCE = { timeout: 120_000 };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  for (const name of ['lint', '.oxlintrc.json']) cpSync(join(WEB, name), join(folder, name), { recursive: true });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What the dashboard's linter says of the rooms in these files: each refused line, with the reason. */
function refusals(codeByPath: Record<string, string[]>): [path: string, line: string, message: string][] {
  for (const [path, lines] of Object.entries(codeByPath)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), lines.join('\n'));
  }
  const { stdout } = spawnSync(process.execPath, [join(WEB, 'node_modules/oxlint/bin/oxlint'), '--format', 'json'], { cwd: folder, encoding: 'utf8' });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; message: string; filename: string; labels: { span: { line: number } }[] }[] };
  return diagnostics
    .filter(({ code }) => code === 'rooms(no-restricted-paths)')
    .map(({ filename, message, labels }): [string, string, string] => [filename, codeByPath[filename]?.[(labels[0]?.span.line ?? 0) - 1] ?? '', message])
    .sort();
}

test('each room imports from those below it, and a feature from itself', PATIENCE, () => {
  expect(refusals({
    'src/app/App.ts': ["import '../features/trust/Score';", "import '../components/Broken';", "import '../lib/time';"],
    'src/features/trust/Score.ts': ["import './words';", "import '../trust/words';", "import '../../components/Broken';", "import 'react';"],
    'src/features/trust/inner/Score.ts': ["import '../words';", "import '../../../lib/time';", "import '../../../gql';"],
    'src/components/Broken.ts': ["import './Panel';", "import '../lib/time';"],
    'src/lib/time.ts': ["import './format';", "import '../gql';"],
    'tests/lib/time.ts': ["import '../../src/features/trust/words';", "import '../../src/app/App';"],
  })).toEqual([]);
});

test('no room imports from one above it, and no feature from another, however it is written', PATIENCE, () => {
  const foreign = [
    "import '../alerts/Row';",
    "import '../shared';",
    "import type { A } from '../alerts/Row';",
    "export { B } from '../../features/alerts/Row';",
    "export * from '../alerts/Row';",
    "export const row = () => import('../alerts/Row');",
    "export type C = import('../alerts/Row').Row;",
  ];
  const above = ["import '../features/trust/words';", "import '../app/App';"];
  const app = "import '../../app/App';";
  const deep = "import '../../alerts/Row';";
  const component = "import '../components/Broken';";
  expect(refusals({
    'src/features/trust/Score.ts': [...foreign, app],
    'src/features/trust/inner/Score.ts': [deep],
    'src/components/Broken.ts': above,
    'src/lib/time.ts': [...above, component],
  })).toEqual([
    ...foreign.map((line) => ['src/features/trust/Score.ts', line, OTHER_FEATURE]),
    ['src/features/trust/Score.ts', app, APP],
    ['src/features/trust/inner/Score.ts', deep, OTHER_FEATURE],
    ...above.map((line) => ['src/components/Broken.ts', line, COMPONENTS]),
    ...[...above, component].map((line) => ['src/lib/time.ts', line, LIB]),
  ].sort());
});

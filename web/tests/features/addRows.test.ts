import { describe, expect, it } from 'vitest';
import { headOf, readHead, readLines } from '../../src/features/predictions/explorer/csv';
import { formOf } from '../../src/lib/forms';
import { columnsOf, guessed, lacking, rolesOf } from '../../src/features/predictions/explorer/roles';
import { filterOf, type Name } from '../../src/features/predictions/explorer/rowFilter';
import { keyOf } from '../../src/features/predictions/explorer/sending';
import { volumesOf } from '../../src/features/predictions/explorer/VolumePanel';

const COLUMNS = [{ name: 'age', kind: 'NUMBER' }, { name: 'sex', kind: 'CATEGORY' }, { name: 'score', kind: 'NUMBER' }] as const;

describe('the head of a CSV', () => {
  it('has quoted cells, line ends of both kinds and no byte order mark', () => {
    const { header, rows } = headOf('\uFEFFid,"a ""b"", c"\r\n1,"x\ny"\n2,\r\n', false);
    expect(header).toEqual(['id', 'a "b", c']);
    expect(rows).toEqual([['1', 'x\ny'], ['2', '']]);
  });

  it('leaves out a row that is cut off, but not the last of a whole file', () => {
    expect(headOf('a,b\n1,2\n3,', false)).toEqual({ header: ['a', 'b'], rows: [['1', '2']], text: 'a,b\n1,2\n' });
    expect(headOf('a,b\n1,2\n3,', true).rows).toEqual([['1', '2'], ['3', '']]);
    expect(headOf('a,b\n1,"2\n3,4\n', false)).toEqual({ header: ['a', 'b'], rows: [], text: 'a,b\n' });
  });

  it('is read from the beginning of a file alone', async () => {
    const row = `${'x'.repeat(99)}\n`;
    const head = await readHead(new Blob(['a\n', row.repeat(10_000)]));
    expect(head.text.length).toBeLessThanOrEqual(512 * 1024);
    expect(head.rows.every(([cell]) => cell?.length === 99)).toBe(true);
    const lines = await readLines(new Blob([row.repeat(10_000)]));
    expect(lines.length % 100).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(512 * 1024);
  });
});

describe('the form of a file', () => {
  it('is told by its name', () => {
    expect(formOf('march.CSV')).toMatchObject({ contentType: 'text/csv', encoding: null, hasHeader: true, canPreview: true });
    expect(formOf('march.2026.jsonl.gz')).toMatchObject({ contentType: 'application/x-ndjson', encoding: 'gzip', canPreview: false });
    expect(formOf('a.csv.zst')).toMatchObject({ encoding: 'zstd', hasHeader: false });
    expect(formOf('a.parquet')).toMatchObject({ hasHeader: false, canPreview: false });
    for (const name of ['a.xlsx', 'csv.gz', 'a.parquet.gz', 'a', '']) expect(formOf(name)?.contentType, name).toBe(name === 'csv.gz' ? 'text/csv' : undefined);
  });
});

describe('the columns of a file', () => {
  const roles = rolesOf('predictions', COLUMNS);

  it('can be every column of the version, and its own by another name', () => {
    expect(roles.map(({ name }) => name)).toEqual(['prediction_id', 'predicted_at', 'decision', 'score', 'age', 'sex', 'features.score']);
    expect(rolesOf('labels', COLUMNS).map(({ name }) => name)).toEqual(['prediction_id', 'label', 'predicted_at', 'reason']);
  });

  it('are guessed by their names, exact ones first, each for one role', () => {
    expect(guessed(['Prediction ID', 'Timestamp', 'prediction', 'Age', 'SEX', 'notes', 'features.score'], roles)).toEqual({
      prediction_id: 'Prediction ID', predicted_at: 'Timestamp', decision: 'prediction', age: 'Age', sex: 'SEX', 'features.score': 'features.score',
    });
    expect(guessed(['id', 'prediction_id'], roles)).toEqual({ prediction_id: 'prediction_id' });
  });

  it('are told to the API where they have another name or are left out', () => {
    expect(columnsOf(['prediction_id', 'Age', 'notes'], { prediction_id: 'prediction_id', age: 'Age' })).toEqual({ Age: 'age', notes: null });
    expect(columnsOf(['prediction_id'], { prediction_id: 'prediction_id' })).toBeUndefined();
  });

  it('are lacking where a required one was not named', () => {
    expect(lacking(roles, { prediction_id: 'a', predicted_at: 'b', decision: 'c', age: 'd', 'features.score': 'e' })).toEqual(['sex']);
  });
});

describe('the key of a file', () => {
  it('is the same for the same file and naming, and another for another', () => {
    const file = new File(['a'], 'ü.csv', { lastModified: 5 });
    const form = formOf('a.csv');
    if (form === undefined) throw new Error('CSV is a form');
    const target = { versionId: 'v', kind: 'predictions', form, columns: undefined } as const;
    expect(keyOf(file, target)).toMatch(/^file-[0-9a-f]{16}$/);
    expect(keyOf(file, { ...target })).toBe(keyOf(file, target));
    expect(keyOf(file, { ...target, columns: { a: 'b' } })).not.toBe(keyOf(file, target));
    expect(keyOf(new File(['b'], 'ü.csv', { lastModified: 6 }), target)).not.toBe(keyOf(file, target));
  });
});

describe('the filter of rows', () => {
  const asked = (texts: Partial<Record<Name, string>>) => filterOf((name) => texts[name] ?? '', COLUMNS);
  const NOTHING = { predictionId: null, decision: null, from: null, to: null, columns: null };

  it('is what the address says', () => {
    expect(asked({ row: 'a', decision: '1', from: '2026-03-01T00:00:00Z', column: 'age', is: 'least', value: '3.5' })).toEqual({
      predictionId: 'a', decision: '1', from: '2026-03-01T00:00:00.000Z', to: null, columns: [{ column: 'age', atLeast: 3.5 }],
    });
    expect(asked({ column: 'sex', is: 'equal', value: '1' }).columns).toEqual([{ column: 'sex', oneOf: ['1'] }]);
    expect(asked({ column: 'sex', is: 'missing' }).columns).toEqual([{ column: 'sex', isMissing: true }]);
  });

  it('passes over what means nothing yet', () => {
    expect(asked({ column: 'nowhere', is: 'missing' })).toEqual(NOTHING);
    expect(asked({ column: 'age', is: 'least', value: 'x' })).toEqual(NOTHING);
    expect(asked({ column: 'age', is: 'least' })).toEqual(NOTHING);
    expect(asked({ column: 'sex', is: 'most', value: '1' })).toEqual(NOTHING);
    expect(asked({ from: 'soon' })).toEqual(NOTHING);
  });
});

describe('the rows over time', () => {
  it('end where the next step begins', () => {
    const found = volumesOf({ step: 'HOUR', startsAt: ['2026-03-01T00:00:00Z', '2026-03-01T01:00:00Z'], predictions: [2, 3], labels: [1, 0] });
    expect(found.map(({ at, end }) => end - at)).toEqual([3_600_000, 3_600_000]);
    expect(found.map(({ predictions, labels }) => [predictions, labels])).toEqual([[2, 1], [3, 0]]);
  });
});

import { Button, Select, Table, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Panel } from '../../../components/Panel';
import { Empty, Failing, LoadingRows } from '../../../components/states';
import { Time } from '../../../components/Time';
import { usePages } from '../../../components/usePages';
import { graphql } from '../../../gql';
import type { VersionRowsQuery } from '../../../gql/graphql';
import { share, significant } from '../../../lib/format';
import { timeOf } from '../../../lib/time';
import { download, type FileForm } from './download';
import { CONDITIONS, filterOf, NAMES, type Column, type Name } from './rowFilter';
import { NotSent } from './sending';
import classes from './explorer.module.css';

const PAGE = 50;
const FORMS = [['csv', 'CSV'], ['parquet', 'Parquet']] as const;

const VersionRows = graphql(`
  query VersionRows($id: ID!, $first: Int!, $after: Cursor, $filter: RowFilter, $asOf: AsOf) {
    version(id: $id, asOf: $asOf) {
      id
      rows(first: $first, after: $after, filter: $filter) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          predictionId
          predictedAt
          receivedAt
          decision
          score
          prediction
          values
          label
        }
      }
    }
  }
`);

type Row = NonNullable<VersionRowsQuery['version']>['rows']['nodes'][number];
const NOTHING = { nodes: [], pageInfo: { hasNextPage: false } };

/** What was logged, what came in last first; every filter is in the address. */
export function RowsPanel({ versionId, columns, classNames, asOf }: {
  versionId: string;
  columns: readonly Column[];
  classNames: readonly string[];
  asOf: string | null;
}) {
  const [params] = useSearchParams();
  const isNarrowed = NAMES.some((name) => params.get(name));
  const pages = usePages(
    VersionRows,
    { id: versionId, first: PAGE, after: null, filter: filterOf((name) => params.get(name) ?? '', columns), asOf },
    ({ version }) => version?.rows ?? NOTHING,
    asOf !== null,
  );
  const rows = pages.nodes;
  return (
    <Panel title="Rows" note="What was logged, what came in last first, each with its present label." isFlush actions={<RowFilters columns={columns} classNames={classNames} />}>
      {pages.error && <Failing what="The rows" error={pages.error} onRetry={pages.retry} />}
      {rows === undefined && !pages.error && <div className={classes.inset}><LoadingRows rows={8} /></div>}
      {rows?.length === 0 && <div className={classes.inset}>{
        pages.hasMore
          ? <Empty title="None of the newest rows fits">200 000 of them were looked at. Look further back, or narrow the time.</Empty>
          : <Empty title={isNarrowed ? 'No row fits' : 'No rows yet'}>{isNarrowed ? 'Loosen the filters.' : 'Add a file above, or send rows from a program.'}</Empty>
      }</div>}
      {rows !== undefined && rows.length > 0 && asOf === null && <AsFile versionId={versionId} from={timeOf(params.get('from') ?? '')} to={timeOf(params.get('to') ?? '')} />}
      {rows !== undefined && rows.length > 0 && <RowTable rows={rows} columns={columns} decides={classNames.length > 0} isPast={asOf !== null} />}
      {pages.moreError && <Failing what="Older rows" error={pages.moreError} onRetry={pages.readMore} />}
      {pages.hasMore && <div className={classes.more}><Button size="xs" variant="default" loading={pages.isReadingMore} onClick={pages.readMore}>{rows?.length === 0 ? 'Look further back' : 'Older ones'}</Button></div>}
    </Panel>
  );
}

/** The whole window, for a spreadsheet or a notebook. */
function AsFile({ versionId, from, to }: { versionId: string; from: string | null; to: string | null }) {
  const [busy, setBusy] = useState<FileForm | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const save = (form: FileForm) => {
    setBusy(form);
    setFailure(null);
    download(versionId, form, from, to)
      .catch((error: unknown) => setFailure(error instanceof NotSent ? error.message : 'The file could not be saved.'))
      .finally(() => setBusy(null));
  };
  return (
    <div className={classes.more}>
      <span className="dim small">{from === null && to === null ? 'All rows' : 'All rows of this time'} as a file:</span>
      {FORMS.map(([form, name]) => (
        <Button key={form} size="compact-xs" variant="default" loading={busy === form} disabled={busy !== null} onClick={() => save(form)}>{name}</Button>
      ))}
      {failure !== null && <span role="alert">{failure}</span>}
    </div>
  );
}

function RowTable({ rows, columns, decides, isPast }: { rows: readonly Row[]; columns: readonly Column[]; decides: boolean; isPast: boolean }) {
  return (
    <Table verticalSpacing={4} highlightOnHover className={classes.rows}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Prediction</Table.Th>
          <Table.Th>Made</Table.Th>
          {decides && <Table.Th>Decision</Table.Th>}
          <Table.Th className="figures">{decides ? 'Score' : 'Predicted'}</Table.Th>
          {!isPast && <Table.Th className={decides ? undefined : 'figures'}>Label</Table.Th>}
          {columns.map(({ name, kind }) => <Table.Th key={name} className={kind === 'NUMBER' ? 'figures' : undefined}>{name}</Table.Th>)}
          <Table.Th>Received</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={`${row.predictionId} ${row.predictedAt}`}>
            <Table.Td title={row.predictionId}>{row.predictionId}</Table.Td>
            <Table.Td><Time at={row.predictedAt} isExact /></Table.Td>
            {decides && <Table.Td>{row.decision}</Table.Td>}
            <Table.Td className="figures">{decides ? share(row.score, 3) : significant(row.prediction)}</Table.Td>
            {!isPast && <Table.Td className={decides ? undefined : 'figures'}>{row.label ?? <span className="dim">none yet</span>}</Table.Td>}
            {columns.map(({ name, kind }, place) => (
              <Table.Td key={name} className={kind === 'NUMBER' ? 'figures' : undefined} title={row.values[place] ?? undefined}>
                {row.values[place] ?? <span className="dim">missing</span>}
              </Table.Td>
            ))}
            <Table.Td><Time at={row.receivedAt} /></Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function RowFilters({ columns, classNames }: { columns: readonly Column[]; classNames: readonly string[] }) {
  const [params, setParams] = useSearchParams();
  const [typed, setTyped] = useState<Partial<Record<Name, string>>>({});
  const put = (changes: Partial<Record<Name, string>>) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  const write = useDebouncedCallback((name: Name, value: string) => {
    put({ [name]: value });
    setTyped({});
  }, 300);
  const text = (name: Name) => typed[name] ?? params.get(name) ?? '';
  const column = columns.find(({ name }) => name === text('column'));
  const needsValue = column !== undefined && !['', 'missing', 'there'].includes(text('is'));
  const written = (name: Name, label: string, width: number) => (
    <TextInput
      size="xs"
      label={label}
      value={text(name)}
      w={width}
      onChange={({ currentTarget: { value } }) => {
        setTyped({ [name]: value });
        write(name, value);
      }}
    />
  );
  return (
    <div className={classes.filters}>
      {written('row', 'Prediction id', 180)}
      {classNames.length > 0 && <Select size="xs" label="Decision" placeholder="Any" clearable data={[...classNames]} value={text('decision') || null} onChange={(value) => put({ decision: value ?? '' })} w={110} />}
      <TextInput size="xs" label="Made from" type="datetime-local" step={1} value={text('from')} onChange={(event) => put({ from: event.currentTarget.value })} />
      <TextInput size="xs" label="before" type="datetime-local" step={1} value={text('to')} onChange={(event) => put({ to: event.currentTarget.value })} />
      <Select
        size="xs" label="Column" placeholder="Any" clearable searchable data={columns.map(({ name }) => name)} value={column?.name ?? null} w={160}
        onChange={(value) => put({ column: value ?? '', is: value === null ? '' : 'missing', value: '' })}
      />
      {column && (
        <Select
          size="xs" label="Its value" data={CONDITIONS[column.kind].map(([value, label]) => ({ value, label }))} value={text('is') || null} w={120} allowDeselect={false}
          onChange={(value) => put({ is: value ?? '' })}
        />
      )}
      {needsValue && written('value', column.kind === 'NUMBER' ? 'Number' : 'Category', 110)}
      {NAMES.some((name) => params.get(name)) && (
        <Button size="xs" variant="subtle" onClick={() => put(Object.fromEntries(NAMES.map((name) => [name, ''])))}>Clear</Button>
      )}
    </div>
  );
}

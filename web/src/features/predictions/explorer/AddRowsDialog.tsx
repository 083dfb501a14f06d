import { Alert, Button, FileInput, Group, Modal, Progress } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Choice } from '../../../components/Choice';
import { count, plural } from '../../../lib/format';
import { readHead, readLines, type Head } from './csv';
import { ACCEPTED, formOf, type Form } from '../../../lib/forms';
import { Naming } from './Naming';
import { ReceiptShown } from './ReceiptShown';
import { Rejections } from './Rejections';
import { columnsOf, guessed, lacking, rolesOf, type RowKind } from './roles';
import { becomes, NotSent, preview, send, type Preview, type Receipt, type Target } from './sending';
import classes from './explorer.module.css';

interface Version {
  id: string;
  tag: string;
  columns: readonly { name: string; kind: 'NUMBER' | 'CATEGORY' }[];
  /** Whether it decides among classes; else it predicts numbers. */
  decides: boolean;
}

type Step =
  | { is: 'choosing' }
  | { is: 'looking' }
  | { is: 'looked'; found: Preview | null; sample: string }
  | { is: 'sending'; share: number }
  | { is: 'done'; receipt: Receipt };

const KINDS = [['predictions', 'Predictions'], ['labels', 'Labels']] as const;

/** Takes in a file: what it holds, which column is which, a look at the first rows, then all of it with its progress. */
export function AddRowsDialog({ version, onClose, onTaken }: { version: Version; onClose: () => void; onTaken: () => void }) {
  const [kind, setKind] = useState<RowKind>('predictions');
  const [file, setFile] = useState<File | null>(null);
  const [head, setHead] = useState<Head | null>(null);
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [step, setStep] = useState<Step>({ is: 'choosing' });
  const [failure, setFailure] = useState<NotSent | null>(null);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const form = file === null ? undefined : formOf(file.name);
  const roles = rolesOf(kind, version.columns, version.decides);
  const missing = head === null ? [] : lacking(roles, chosen);
  const isReady = file !== null && form !== undefined && file.size > 0 && missing.length === 0 && (!form.hasHeader || head !== null);

  const begin = (nextFile: File | null, nextKind: RowKind) => {
    setFile(nextFile);
    setKind(nextKind);
    setHead(null);
    setChosen({});
    setFailure(null);
    setStep({ is: 'choosing' });
    if (nextFile === null || !formOf(nextFile.name)?.hasHeader) return;
    void readHead(nextFile).then((read) => {
      setHead(read);
      setChosen(guessed(read.header, rolesOf(nextKind, version.columns, version.decides)));
    }, () => setFailure(new NotSent('The file could not be read. Was it changed or moved since it was chosen?', false)));
  };
  const targetOf = (of: Form): Target => ({
    versionId: version.id,
    kind,
    form: of,
    columns: head === null ? undefined : columnsOf(head.header, chosen),
  });
  const fail = (error: unknown) => {
    setFailure(error instanceof NotSent ? error : new NotSent('Something went wrong on this page; try once more.', true));
    setStep({ is: 'choosing' });
  };
  const look = async (of: Form, from: File) => {
    setFailure(null);
    setStep({ is: 'looking' });
    try {
      const sample = head === null ? await readLines(from) : head.text;
      setStep({ is: 'looked', found: await preview(targetOf(of), sample), sample });
    } catch (error) {
      fail(error);
    }
  };
  const take = async (of: Form, from: File) => {
    setFailure(null);
    setStep({ is: 'sending', share: 0 });
    stop.current = new AbortController();
    try {
      const receipt = await send(from, targetOf(of), (share) => setStep({ is: 'sending', share }), stop.current.signal);
      setStep({ is: 'done', receipt });
      onTaken();
    } catch (error) {
      fail(error);
    }
  };
  const cellOf = (row: number, column: string) => {
    const place = head?.header.indexOf(chosen[column] ?? column) ?? -1;
    return place < 0 ? undefined : head?.rows[row]?.[place];
  };
  const isSending = step.is === 'sending';
  return (
    <Modal opened onClose={onClose} title={<strong>Add rows to {version.tag}</strong>} size={760} centered closeOnClickOutside={!isSending} closeOnEscape={!isSending}>
      <div className={classes.steps}>
        {step.is !== 'done' && (
          <>
            <Group gap={12} align="flex-end">
              <FileInput
                label="File"
                description="CSV, NDJSON, JSON, Parquet or an Arrow stream; all but Parquet may be .gz or .zst"
                placeholder="Choose a file"
                accept={ACCEPTED}
                value={file}
                onChange={(next) => begin(next, kind)}
                disabled={isSending}
                clearable
                style={{ flex: 1, minWidth: 220 }}
              />
              <Choice name="What the rows are" value={kind} options={KINDS} onChoose={(next) => begin(file, next === 'labels' ? 'labels' : 'predictions')} />
            </Group>
            {file !== null && form === undefined && <Told tone="bad">The name tells of no form that is taken. Name it .csv, .ndjson, .json, .parquet or .arrow.</Told>}
            {file?.size === 0 && <Told tone="bad">The file is empty.</Told>}
            {head !== null && head.header.length > 0 && !isSending && (
              <Naming head={head} roles={roles} chosen={chosen} onChoose={(next) => { setChosen(next); setStep({ is: 'choosing' }); }} />
            )}
            {step.is === 'looked' && step.found && <Looked found={step.found} isWhole={step.sample.length >= (file?.size ?? 0)} cellOf={head === null ? undefined : cellOf} />}
            {isSending && (
              <div role="status">
                <Progress value={step.share * 100} aria-label="Sent" animated={step.share >= 1} />
                <p className="dim small">{step.share >= 1 ? 'All of it has left; it is being stored. A large file takes a while, and becomes visible in one moment.' : `${megabytes(step.share * (file?.size ?? 0))} of ${megabytes(file?.size ?? 0)} MB have left.`}</p>
              </div>
            )}
            {failure && <Told tone="bad">{failure.message}</Told>}
            <Group justify="flex-end" gap={8}>
              {isSending
                ? <Button variant="default" onClick={() => stop.current.abort()}>Stop</Button>
                : <Button variant="default" onClick={onClose}>Cancel</Button>}
              {form?.canPreview && step.is !== 'looked' && !isSending && (
                <Button variant="default" loading={step.is === 'looking'} disabled={!isReady} onClick={() => { if (file) void look(form, file); }}>Look at the first rows</Button>
              )}
              <Button loading={isSending} disabled={!isReady} onClick={() => { if (file && form) void take(form, file); }}>
                {failure?.isPassing ? 'Send it again' : 'Add the rows'}
              </Button>
            </Group>
            {missing.length > 0 && <p className="dim small">Still to be named: {missing.join(', ')}.</p>}
          </>
        )}
        {step.is === 'done' && (
          <>
            <ReceiptShown receipt={step.receipt} kind={kind} cellOf={head === null ? undefined : cellOf} />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={() => begin(null, kind)}>Add another file</Button>
              <Button onClick={onClose}>Done</Button>
            </Group>
          </>
        )}
      </div>
    </Modal>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function Looked({ found, isWhole, cellOf }: { found: Preview; isWhole: boolean; cellOf?: (row: number, column: string) => string | undefined }) {
  const of = isWhole ? `All ${plural(found.rows, 'row')}` : `The first ${plural(found.rows, 'row')}`;
  if (found.rejectedCount === 0) return <Told tone="good">{of} {found.rows === 1 ? 'fits' : 'fit'}. Nothing has been stored yet.</Told>;
  return (
    <>
      <Told tone="watch">
        {of}: {count(found.good)} {found.good === 1 ? 'fits' : 'fit'}, {count(found.rejectedCount)} {found.rejectedCount === 1 ? "doesn't" : "don't"}. Nothing has been stored yet; if you go on, {becomes(found)}
      </Told>
      <Rejections rejected={found.rejected} total={found.rejectedCount} cellOf={cellOf} />
    </>
  );
}

export function Told({ tone, children }: { tone: 'good' | 'watch' | 'bad'; children: ReactNode }) {
  return <Alert className={classes.told} data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>{children}</Alert>;
}

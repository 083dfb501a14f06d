import { Select, Textarea, TextInput } from '@mantine/core';
import { useContext, useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { ColumnMeanings } from '../../components/useColumns';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';
import { described, readValues, written, type Written } from './columnTexts';

const DescribeColumns = graphql(`
  mutation DescribeColumns($input: DescribeColumnsInput!) {
    describeColumns(input: $input) {
      __typename
      ... on DescribeColumnsPayload {
        model {
          id
        }
      }
      ...Refusal
    }
  }
`);

/** What the columns mean to people: one after the other, sent together. */
export function ColumnsDialog({ modelId, names, ...opener }: Opener & { modelId: string; names: readonly string[] }) {
  const meanings = useContext(ColumnMeanings);
  const command = useDialogCommand(DescribeColumns, opener, ['Model']);
  const [name, setName] = useState(names[0] ?? '');
  const [draft, setDraft] = useState<ReadonlyMap<string, Written>>(new Map());
  const text = draft.get(name) ?? written(meanings.get(name));
  const write = (change: Partial<Written>) => setDraft((before) => new Map(before).set(name, { ...text, ...change }));
  const wrong = [...draft].find(([, each]) => readValues(each.values).wrong !== null)?.[0];
  return (
    <FormDialog
      title="What the columns mean"
      action="Say it"
      command={command}
      isReady={draft.size > 0 && wrong === undefined}
      onClose={opener.onClose}
      onSubmit={() => command.send({ input: { modelId, columns: described(meanings, draft) } })}
    >
      <p className="dim">
        Screens show it beside the column&rsquo;s own name. Nothing that is measured follows from it; what was said before stays in the record.
      </p>
      <Select
        label="Column"
        data={names.map((each) => ({ value: each, label: draft.has(each) ? `${each} (changed)` : each }))}
        value={name}
        onChange={(value) => setName(value ?? name)}
        allowDeselect={false}
        searchable
        error={wrong !== undefined && wrong !== name ? `See ${wrong}: a line of its values can not be read` : undefined}
      />
      <TextInput
        label="What people call it"
        placeholder={name}
        maxLength={200}
        value={text.title}
        onChange={(event) => write({ title: event.currentTarget.value })}
      />
      <Textarea
        label="What its values stand for"
        description="A line for each, as 1 = married."
        autosize
        minRows={3}
        maxRows={12}
        value={text.values}
        onChange={(event) => write({ values: event.currentTarget.value })}
        error={readValues(text.values).wrong ?? undefined}
      />
    </FormDialog>
  );
}

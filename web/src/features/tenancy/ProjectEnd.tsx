import { Button } from '@mantine/core';
import { useState } from 'react';
import { DeleteDialog } from '../../components/DeleteDialog';
import { FormDialog } from '../../components/FormDialog';
import { Panel } from '../../components/Panel';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { useGo } from '../../components/useProject';
import { ArchiveProject, DeleteProject, RestoreProject } from './projectCommands';
import type { ShownProject } from './ProjectTab';
import { OF_TENANCY } from './tenant';
import classes from './tenancy.module.css';

/** A project is archived and restored at will; deleted once. */
export function ProjectEnd({ project }: { project: ShownProject }) {
  const go = useGo();
  const [asked, setAsked] = useState<'archive' | 'delete' | null>(null);
  const close = () => setAsked(null);
  const archive = useCommand(ArchiveProject, close, OF_TENANCY);
  const restore = useCommand(RestoreProject, () => undefined, OF_TENANCY);
  const end = useCommand(DeleteProject, () => go(paths.organization(project.organization.id, 'projects')), OF_TENANCY);
  const input = { projectId: project.id };
  return (
    <Panel title="Archive or delete it">
      <div className={classes.danger}>
        <div>
          <p>{project.archivedAt ? 'It is archived: it can be read and takes in nothing.' : 'An archived project can be read and takes in nothing. It can be restored.'}</p>
          {project.archivedAt ? (
            <Button variant="default" size="xs" loading={restore.isBusy} onClick={() => void restore.send({ input })}>Restore the project</Button>
          ) : (
            <Button variant="default" size="xs" onClick={() => setAsked('archive')}>Archive the project</Button>
          )}
        </div>
        <Refused failure={restore.failure} />
        <div>
          <p>A deleted project is gone with its models for all. The record stays, and can be asked about its past.</p>
          <Button variant="outline" color="red" size="xs" onClick={() => setAsked('delete')}>Delete the project</Button>
        </div>
      </div>
      {asked === 'archive' && (
        <FormDialog title={`Archive ${project.name}`} onClose={close} command={archive} onSubmit={() => archive.send({ input })} action="Archive it" isDanger>
          <p>Predictions and labels that programs send to it are refused from now on, and nothing in it can be changed until it is restored.</p>
        </FormDialog>
      )}
      {asked === 'delete' && (
        <DeleteDialog
          kind="project"
          name={project.name}
          happens={[
            'take it and all its models away from everybody',
            'refuse predictions and labels that programs still send to it, whose keys open nothing then',
            'remove its rows and their objects for good; the record stays',
            'free its name in the organization',
          ]}
          command={end}
          onClose={close}
          onDelete={(name) => end.send({ input: { ...input, name } })}
        />
      )}
    </Panel>
  );
}

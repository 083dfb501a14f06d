import { Select } from '@mantine/core';
import { useEffect } from 'react';
import { useProject } from '../components/useProject';
import { useTenants } from '../components/useTenants';
import { useAsOf } from '../components/useAsOf';
import { rememberedProject } from '../lib/place';
import classes from './ProjectSwitch.module.css';

const ALL = 'all';

/** Of which project models, alerts and the audit trail are shown: of all, or of one. */
export function ProjectSwitch() {
  const { asOf } = useAsOf();
  const { projectId, setProject } = useProject();
  const organizations = useTenants();
  const isOne = organizations?.length === 1;
  const isKnown = organizations?.some(({ projects }) => projects.nodes.some(({ id }) => id === projectId));
  // A project of the last visit that is gone, or of another person, is not asked for again.
  const isGone = asOf === null && isKnown === false && projectId !== null && projectId === rememberedProject();
  useEffect(() => {
    if (isGone) setProject(null);
  }, [isGone, setProject]);
  if (organizations === undefined || (organizations.length === 0 && projectId === null)) return null;
  const nameById = new Map(organizations.flatMap(({ projects }) => projects.nodes.map(({ id, name, archivedAt }) => [id, archivedAt === null ? name : `${name} (archived)`])));
  const projects = organizations.map((organization) => ({
    group: organization.name,
    items: organization.projects.nodes.map(({ id }) => ({
      value: id,
      // What is looked for and, once chosen, shown: the organization's name after the project's, which is cut last.
      label: `${nameById.get(id) ?? ''}${isOne ? '' : `, ${organization.name}`}`,
    })),
  }));
  const unknown = projectId !== null && isKnown === false
    ? [{ value: projectId, label: asOf === null ? 'A project that you can’t see' : 'A project that was not there then' }]
    : [];
  return (
    <Select
      className={classes.switch}
      classNames={{ input: classes.input, groupLabel: classes.group, option: classes.option }}
      size="xs"
      aria-label="Project"
      searchable
      allowDeselect={false}
      renderOption={({ option, checked }) => (
        <span className={classes.name} data-checked={checked}>{nameById.get(option.value) ?? option.label}</span>
      )}
      maxDropdownHeight={420}
      comboboxProps={{ width: 300, position: 'bottom-start' }}
      nothingFoundMessage="No project has this name"
      data={[{ value: ALL, label: 'All projects' }, ...unknown, ...projects]}
      value={projectId ?? ALL}
      onChange={(value) => setProject(value === null || value === ALL ? null : value)}
      data-chosen={projectId !== null}
    />
  );
}

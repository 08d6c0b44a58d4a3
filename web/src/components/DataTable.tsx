import { Table, UnstyledButton, VisuallyHidden } from '@mantine/core';
import {
  type ColumnDef,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import { IconArrowDown, IconArrowUp } from '@/icons';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });

/** A column: what it sorts by (`value`; without it the column does not sort) and what it shows. */
export type Column<T> = {
  id: string;
  header: string;
  /** The header is for screen readers only: what is in the column speaks for itself. */
  headerHidden?: boolean;
  numeric?: boolean;
  value?: (row: T) => string | number | boolean;
  cell: (row: T) => ReactNode;
};

/** `dense` puts the columns closer together, `even` makes them equally wide, so that tables under each other align. */
type Look = { dense?: boolean; even?: boolean };
type Props<T> = {
  caption: string;
  rows: T[];
  columns: Column<T>[];
  rowId: (row: T) => string;
  minWidth?: number;
} & Look;

/** An accessible table: caption, scopes, `aria-sort`, and real buttons in the headers that sort. */
export function DataTable<T extends object>(props: Props<T>) {
  const { caption, rows, columns, rowId, minWidth = 640, dense = false, even = false } = props;
  const definitions = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, T> => ({
          id: column.id,
          header: column.header,
          accessorFn: (row: T) => column.value?.(row),
          enableSorting: column.value !== undefined,
        }),
      ),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: rows, getRowId: rowId });
  const columnOf = new Map(columns.map((column) => [column.id, column]));
  return (
    <Table.ScrollContainer minWidth={minWidth} type="native" className={dense ? 'scrolls dense' : 'scrolls'}>
      <Table horizontalSpacing={dense ? 'xs' : 'md'} layout={even ? 'fixed' : 'auto'}>
        <caption style={{ position: 'absolute', clipPath: 'inset(50%)' }}>
          <VisuallyHidden>{caption}</VisuallyHidden>
        </caption>
        <Table.Thead>
          {table.getHeaderGroups().map((group) => (
            <Table.Tr key={group.id}>
              {group.headers.map((header) => (
                <HeaderCell
                  key={header.id}
                  column={columnOf.get(header.column.id)}
                  wraps={dense}
                  sorted={header.column.getIsSorted()}
                  onSort={header.column.getCanSort() ? header.column.getToggleSortingHandler() : undefined}
                />
              ))}
            </Table.Tr>
          ))}
        </Table.Thead>
        <Table.Tbody>
          {table.getRowModel().rows.map((row) => (
            <Table.Tr key={row.id}>
              {columns.map((column) => (
                <Table.Td
                  key={column.id}
                  ta={column.numeric ? 'right' : 'left'}
                  className={column.numeric ? 'num' : undefined}
                  style={column.numeric ? { whiteSpace: 'nowrap' } : undefined}
                >
                  {column.cell(row.original)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

type HeaderProps<T> = {
  column?: Column<T>;
  wraps: boolean;
  sorted: false | 'asc' | 'desc';
  onSort?: (event: unknown) => void;
};

function HeaderCell<T>({ column, wraps, sorted, onSort }: HeaderProps<T>) {
  const ariaSort = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined;
  const arrow =
    sorted === 'asc' ? (
      <IconArrowUp size={13} aria-hidden />
    ) : sorted === 'desc' ? (
      <IconArrowDown size={13} aria-hidden />
    ) : null;
  return (
    <Table.Th
      scope="col"
      ta={column?.numeric ? 'right' : 'left'}
      aria-sort={ariaSort}
      style={{ whiteSpace: wraps ? 'normal' : 'nowrap' }}
    >
      {onSort ? (
        <UnstyledButton onClick={onSort} fz="sm" fw={600} mih={24} ta="inherit">
          {column?.header} {arrow}
        </UnstyledButton>
      ) : column?.headerHidden ? (
        <VisuallyHidden>{column.header}</VisuallyHidden>
      ) : (
        column?.header
      )}
    </Table.Th>
  );
}

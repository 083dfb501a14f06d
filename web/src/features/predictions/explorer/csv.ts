/** The beginning of a CSV file: its header, and the rows that are there whole. */
export interface Head {
  header: string[];
  rows: string[][];
  /** The text up to the end of the last whole row: a CSV by itself. */
  text: string;
}

/** RFC 4180, and line feeds alone. A row that is cut off is left out, unless the text is the whole file. */
export function headOf(text: string, isWhole: boolean): Head {
  const rows: string[][] = [];
  let end = 0;
  let [row, cell]: [string[], string] = [[], ''];
  let isQuoted = false;
  for (let place = 0; place < text.length; place += 1) {
    const sign = text.charAt(place);
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text.charAt(place + 1) === '"') [cell, place] = [`${cell}"`, place + 1];
      else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === ',') {
      row.push(cell);
      cell = '';
    } else if (sign === '\n') {
      row.push(cell.replace(/\r$/, ''));
      rows.push(row);
      [row, cell, end] = [[], '', place + 1];
    } else cell += sign;
  }
  if (isWhole) {
    if (!isQuoted && (row.length > 0 || cell !== '')) rows.push([...row, cell]);
    end = text.length;
  }
  const [header = [], ...rest] = rows;
  return { header: header.map((name, column) => (column === 0 ? name.replace(/^\uFEFF/, '') : name)), rows: rest, text: text.slice(0, end) };
}

const HEAD_BYTES = 512 * 1024;

/** Read the beginning of a file; never more than half a mebibyte of it, however large it is. */
export async function readHead(file: Blob): Promise<Head> {
  const isWhole = file.size <= HEAD_BYTES;
  // a sign that is cut in two at the end stands in a row that is left out
  return headOf(await file.slice(0, HEAD_BYTES).text(), isWhole);
}

/** The lines of NDJSON that are there whole. */
export async function readLines(file: Blob): Promise<string> {
  const text = await file.slice(0, HEAD_BYTES).text();
  return file.size <= HEAD_BYTES ? text : text.slice(0, text.lastIndexOf('\n') + 1);
}

/** What senders could put into a field to have it run, or to look like something else. */
export const HOSTILE_TEXTS: readonly string[] = [
  '<script>window.hacked=1</script>',
  '"><img src=x onerror=window.hacked=1>',
  "'><svg/onload=window.hacked=1>",
  '<iframe srcdoc="<script>parent.hacked=1</script>">',
  'javascript:window.hacked=1//https://example.com',
  '</title></textarea></style><script>window.hacked=1</script>',
  '<a href="javascript:window.hacked=1">click</a>',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is sent.
  '{{constructor.constructor("window.hacked=1")()}} ${window.hacked=1}',
  '<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=window.hacked=1>">',
  'data:text/html;base64,PHNjcmlwdD53aW5kb3cuaGFja2VkPTE8L3NjcmlwdD4=',
  '\u202Egnp.exe\u202C <b>bold</b>',
  '__proto__',
  '<base href=//evil.example.com><meta http-equiv=refresh content=0;url=//evil.example.com>',
];

/**
 * What is wrong with a text as XML of tags, attributes in double quotes and escaped text; empty for nothing. Images made
 * by a hub are no more than that.
 */
export function faultsOfXml(xml: string): readonly string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const rest = xml.replace(/<(\/?)(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g, (_, end, name, attributes, alone) => {
    if (end !== '') {
      if (open.pop() !== name) faults.push(`</${name}> ends something else`);
    } else if (alone === '') open.push(name);
    return attributes;
  });
  if (open.length > 0) faults.push(`not closed: ${open.join(' ')}`);
  if (/[<>]/.test(rest)) faults.push(`a sign that is not escaped: ${/.{0,20}[<>].{0,20}/.exec(rest)?.[0]}`);
  if (/&(?!(amp|lt|gt|quot|#39);)/.test(rest)) faults.push('an & that is not escaped');
  if (/(?![\t\n\r])\p{Cc}|[\ufffe\uffff]|\p{Cs}/u.test(xml)) faults.push('a character that XML does not have');
  return faults;
}

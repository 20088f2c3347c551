"""English that was left in the Chinese part of a page."""

import re

_OF_NO_WORDS = re.compile(
    r"<pre>.*?</pre>|<code>.*?</code>|<footer>.*?</footer>|<dl class=\"pairs\">.*?</dl>|<[^>]+>", flags=re.DOTALL
)


def english_left(page: str) -> set[str]:
    """Give what stands in three or more English words in a row in the Chinese text of a page that begins in English."""
    start = page.index('<template class="page" lang="zh-CN"')
    chinese = page[start : page.index("</template>", start)]
    return set(re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}", _OF_NO_WORDS.sub(" ", chinese)))

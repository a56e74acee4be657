// Finds rows that are separated from their table. After an empty line, the following rows are not part of the table.
"use strict";

module.exports = {
    names: ["table-rows"],
    description: "A table row must belong to a table",
    tags: ["table"],
    parser: "micromark",
    function: (params, onError) => {
        const visit = (tokens) => {
            for (const token of tokens) {
                if (token.type === "paragraph") {
                    params.lines.slice(token.startLine - 1, token.endLine).forEach((line, index) => {
                        if (line.trimStart().startsWith("|")) {
                            onError({ lineNumber: token.startLine + index, context: line });
                        }
                    });
                } else {
                    visit(token.children);
                }
            }
        };
        visit(params.parsers.micromark.tokens);
    },
};

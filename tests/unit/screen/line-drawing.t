in \e(0lqk\e(Bq\x0e\e)0q\x0fq
row 0 ┌─┐q─q

"""A published month goes through the same actions as the pages', and comes out as the report that was published."""
